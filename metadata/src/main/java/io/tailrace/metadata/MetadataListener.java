package io.tailrace.metadata;

/** Told of each new image, so that the broker has its partitions in place. */
public interface MetadataListener {

  /**
   * Called on the controller's thread after the change is durable and visible, and before whoever
   * asked for it has the answer. Must neither block for long nor throw: a partition that can't be
   * set up is for the listener to mark offline.
   */
  void onImage(ClusterImage before, ClusterImage after, ImageChanges changes);
}
