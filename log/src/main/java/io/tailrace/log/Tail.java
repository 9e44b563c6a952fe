package io.tailrace.log;

/**
 * What recovery finds behind the whole batches of a segment, and what it does about it.
 *
 * <pre>
 *   case        how it comes about                            what is done
 *   WHOLE       nothing is behind them                        keep all
 *   TORN        process died in a write; or power loss:       cut off; later segments are put aside
 *               no valid batch follows
 *   SHORT       power loss: whole batches up to the end of    later segments are put aside
 *               the file, but the next segment starts later
 *   LOST_PAGES  power loss: the kernel had written later      copy aside, cut off; later segments
 *               pages, but not these, which read as zeros     are put aside
 *   CORRUPT     bit rot, or somebody wrote into the file:     offline, nothing is changed
 *               other damage, and valid batches follow; or
 *               any damage below the recovery point
 * </pre>
 *
 * So after a power loss the log is a beginning of what it was. Recovery looks only at what may not
 * have been synced (from the recovery point's segment on), so what it gives up was never
 * acknowledged as safe from a power loss. SHORT rests on this: whoever leaves gaps between segments
 * on purpose (compaction) must do it below the recovery point only.
 */
enum Tail {
  WHOLE,
  TORN,
  SHORT,
  LOST_PAGES,
  CORRUPT
}
