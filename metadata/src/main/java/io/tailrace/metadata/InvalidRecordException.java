package io.tailrace.metadata;

/** A metadata record that can't be read or can't be applied; {@link MetadataLog} adds the place. */
final class InvalidRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InvalidRecordException(String message) {
    super(message);
  }
}
