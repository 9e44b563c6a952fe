package io.tailrace.coordinator.group;

import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The cluster's topics as groups see them: one unchanging state of them. */
public interface Topics {

  /**
   * @param partitions their number; the indexes count from 0
   */
  record Topic(String name, UUID id, int partitions) {

    boolean has(int partition) {
      return partition >= 0 && partition < partitions;
    }
  }

  @Nullable Topic topic(String name);

  @Nullable Topic topic(UUID id);

  /** All of them, in no order. Internal ones count. */
  Collection<Topic> all();
}
