package io.tailrace.broker.api;

import io.tailrace.log.AppendBatch;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One partition of a produce request, until its outcome is known. */
final class PendingAppend {
  private final PendingProduce owner;
  private final PartitionProduceResponse response;
  private @Nullable AppendBatch batch;

  PendingAppend(PendingProduce owner, PartitionProduceResponse response) {
    this.owner = owner;
    this.response = response;
  }

  PendingProduce owner() {
    return owner;
  }

  void batch(ByteBuffer records) {
    batch = new AppendBatch().set(records, records.position(), records.remaining());
  }

  AppendBatch batch() {
    AppendBatch admitted = batch;
    if (admitted == null) {
      throw new IllegalStateException("no batch was admitted");
    }
    return admitted;
  }

  void fail(ErrorCode error, @Nullable String message) {
    response.errorCode(error.code()).errorMessage(message);
    owner.failed();
    owner.completeOne();
  }

  /** The batch is in the log, as {@code batch()} tells. */
  void succeed(long logStartOffset) {
    AppendBatch appended = batch();
    response
        .baseOffset(appended.baseOffset())
        .logAppendTimeMs(appended.appendTimeMs())
        .logStartOffset(logStartOffset);
    owner.completeOne();
  }
}
