package io.tailrace.metadata;

/**
 * How the metadata log is cut into files and shortened.
 *
 * @param segmentBytes size in bytes at which a new segment begins; not less than the largest batch
 * @param snapshotBytes a snapshot is made when so many bytes of records have come since the last
 *     one, and as many as that one has
 */
public record MetadataLogSettings(int segmentBytes, int snapshotBytes) {
  /** A start reads 256 KiB of records in some ten milliseconds. */
  public static final MetadataLogSettings DEFAULT = new MetadataLogSettings(16 << 20, 256 << 10);
}
