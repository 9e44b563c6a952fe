package io.tailrace.record;

/** The records of a batch cannot be read: the batch is malformed, or opens to too many bytes. */
public final class InvalidRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final BatchFault fault;

  InvalidRecordException(BatchFault fault, String detail) {
    super(fault.message() + ": " + detail);
    this.fault = fault;
  }

  InvalidRecordException(BatchFault fault, Throwable cause) {
    super(fault.message() + ": " + cause, cause);
    this.fault = fault;
  }

  public BatchFault fault() {
    return fault;
  }
}
