package io.tailrace.metadata;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A topic and its partitions.
 *
 * @param partitions at place {@code i} the partition of index {@code i}; never empty once published
 */
public record TopicImage(String name, UUID id, List<PartitionImage> partitions) {

  /** The partition of that index, null if there is none. */
  public @Nullable PartitionImage partition(int index) {
    return index >= 0 && index < partitions.size() ? partitions.get(index) : null;
  }
}
