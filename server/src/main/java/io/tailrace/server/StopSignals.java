package io.tailrace.server;

import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for SIGINT (Ctrl-C), SIGTERM or SIGHUP. The first asks for a clean stop; a second one ends
 * the process at once, with the code a shell gives to a process ended by that signal.
 *
 * <p>A shutdown hook would not do: the JVM ignores further signals while hooks run, and exits with
 * 143 after a clean stop too, which service managers take for a failure. The JDK's own class for
 * this is reached by reflection, because the compiler's warning about it can't be turned off.
 */
final class StopSignals implements StartCommand.Stop {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final PrintStream out;

  StopSignals(PrintStream out) {
    this.out = out;
  }

  /** Takes over the signals from the JVM: takes 10 ms, so call it once the broker serves. */
  @Override
  public void install(String bootstrapServers) {
    handle("INT", 2);
    handle("TERM", 15);
    handle("HUP", 1);
  }

  /** Returns when a stop has been asked for. */
  @Override
  public void await() throws InterruptedException {
    asked.await();
  }

  @Override
  public void ended() {
    asked.countDown();
  }

  private void handle(String name, int number) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object onSignal =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                received(number);
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
    } catch (ReflectiveOperationException e) {
      // No such signal here (HUP on Windows), or the JVM keeps it (-Xrs): it then works as ever.
    }
  }

  private void received(int number) {
    if (stopping.compareAndSet(false, true)) {
      out.println("\nStopping; once more to stop at once, without a clean end");
      asked.countDown();
    } else {
      Runtime.getRuntime().halt(128 + number);
    }
  }
}
