package io.tailrace.log;

/**
 * What recovery finds behind the whole batches of a segment, and what it does about it.
 *
 * <pre>
 *   case        how it comes about                            what is done
 *   WHOLE       nothing is behind them                        keep all
 *   TORN        process died in a write; or power loss:       cut off
 *               no valid batch follows
 *   LOST_PAGES  power loss: the kernel had written later      copy aside, cut off; later segments
 *               pages, but not these, which read as zeros     are put aside
 *   CORRUPT     bit rot, or somebody wrote into the file:     offline, nothing is changed
 *               other damage, and valid batches follow
 * </pre>
 *
 * Recovery looks only at what may not have been synced (from the recovery point's segment on), so
 * what TORN and LOST_PAGES give up was never acknowledged as safe from a power loss.
 */
enum Tail {
  WHOLE,
  TORN,
  LOST_PAGES,
  CORRUPT
}
