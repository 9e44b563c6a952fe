package io.tailrace.metadata;

import java.util.List;

final class MetadataLog {
  ClusterDelta replay(ClusterImage empty) throws MetadataException {
    return empty.change();
  }

  void append(List<byte[]> frames, long offset, long wallMs) throws MetadataException {}
}
