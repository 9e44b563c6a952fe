package io.tailrace.env;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Binds {@code syscall(2)} when this class is first touched, which takes some ten milliseconds.
 *
 * <p>Works on x86-64 and aarch64, and if the JVM may call native code ({@code
 * --enable-native-access=ALL-UNNAMED}). Without that permission it does not try: it would print a
 * warning, or fail.
 */
final class LinuxLinker {
  /** Where {@link #call} leaves the error number. */
  static final StructLayout ERROR_LAYOUT = Linker.Option.captureStateLayout();

  private static final Logger LOG = System.getLogger(LinuxLinker.class.getName());
  private static final String ARCHITECTURE = System.getProperty("os.arch", "");
  private static final boolean IS_ARM = ARCHITECTURE.equals("aarch64");
  private static final VarHandle ERROR = ERROR_LAYOUT.varHandle(PathElement.groupElement("errno"));

  /** Constants, because only of those the JIT makes a call without a detour and without garbage. */
  private static final @Nullable MethodHandle SYSCALL;

  private static final int PAGE_SIZE;

  static {
    MethodHandle syscall = null;
    int pageSize = 0;
    String reason = reasonNotToLink();
    if (reason == null) {
      try {
        pageSize = pageSize();
        syscall = link();
      } catch (Throwable e) {
        reason = e.toString();
      }
    }
    if (reason != null) {
      LOG.log(Level.DEBUG, "no hints about the page cache: {0}", reason);
    }
    SYSCALL = syscall;
    PAGE_SIZE = pageSize;
  }

  private LinuxLinker() {}

  private static @Nullable String reasonNotToLink() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return "not on Linux";
    }
    if (!IS_ARM && !ARCHITECTURE.equals("amd64")) {
      return "system call numbers of " + ARCHITECTURE + " are not known";
    }
    return LinuxLinker.class.getModule().isNativeAccessEnabled()
        ? null
        : "the JVM was started without --enable-native-access=ALL-UNNAMED";
  }

  private static int pageSize() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow("getpagesize");
    return (int) linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT)).invokeExact();
  }

  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        Linker.Option.captureCallState("errno"));
  }

  static boolean isLinked() {
    return SYSCALL != null;
  }

  /** In bytes. */
  static int pageSizeInBytes() {
    return PAGE_SIZE;
  }

  /**
   * Enters the kernel. Addresses are passed as numbers: the caller keeps what they point to alive.
   *
   * @param error of {@link #ERROR_LAYOUT}; holds the error number if the result is −1
   */
  static long call(
      MemorySegment error, LinuxSyscall call, long a, long b, long c, long d, long e, long f) {
    MethodHandle syscall = SYSCALL;
    if (syscall == null) {
      throw new IllegalStateException("syscall(2) is not linked");
    }
    try {
      return (long) syscall.invokeExact(error, (long) call.number(IS_ARM), a, b, c, d, e, f);
    } catch (Throwable impossible) {
      throw new IllegalStateException(call + " can't be called", impossible);
    }
  }

  /** The error number that the last failed call left. */
  static int error(MemorySegment error) {
    return (int) ERROR.get(error, 0L);
  }
}
