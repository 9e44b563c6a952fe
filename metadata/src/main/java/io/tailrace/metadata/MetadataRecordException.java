package io.tailrace.metadata;

/** A metadata record that can't be read or can't be applied; {@link MetadataLog} adds the place. */
final class MetadataRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MetadataRecordException(String message) {
    super(message);
  }
}
