package io.tailrace.env;

/**
 * System calls of Linux that the JDK does not offer, with their numbers. Called by number, because
 * the C library has no function for the newest, and one binding links faster than eight.
 */
enum LinuxSyscall {
  OPENAT(257, 56),
  CLOSE(3, 57),
  FTRUNCATE(77, 46),
  FADVISE64(221, 223),
  SYNC_FILE_RANGE(277, 84),
  FALLOCATE(285, 47),
  PREADV2(327, 286),
  CACHESTAT(451, 451);

  private final int onX86;
  private final int onArm;

  LinuxSyscall(int onX86, int onArm) {
    this.onX86 = onX86;
    this.onArm = onArm;
  }

  int number(boolean isArm) {
    return isArm ? onArm : onX86;
  }
}
