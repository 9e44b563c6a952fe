package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sets the level of each feature that the log does not mention yet: all of them in a new log, whose
 * first record must be the level of {@code metadata.version}. Levels that are there stay.
 */
final class FinalizeFeatures implements Operation<ErrorCode> {
  private final Map<String, Short> features;

  FinalizeFeatures(Map<String, Short> features) {
    this.features = features;
  }

  @Override
  public Change<ErrorCode> decide(ClusterImage image) {
    List<Message> records = new ArrayList<>();
    features.forEach((name, level) -> {
      if (!image.features().containsKey(name)) {
        boolean first = name.equals(ControllerSettings.METADATA_VERSION);
        records.add(
            first ? 0 : records.size(), new FeatureLevelRecord().name(name).featureLevel(level));
      }
    });
    return new Change<>(records, ErrorCode.NONE);
  }

  @Override
  public ErrorCode refuse(ErrorCode code, String message) {
    return code;
  }
}
