package io.tailrace.conformance;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks at what a JVM of this machine holds: through JMX, and in {@code /proc}. */
final class ProcessVitals implements AutoCloseable {
  private static final int COLLECTIONS = 5;

  private final Path proc;
  private final JMXConnector connector;
  private final MemoryMXBean memory;
  private final BufferPoolMXBean direct;

  /**
   * What a process holds at one moment.
   *
   * @param heapBytes in use after a collection
   * @param directBytes of direct buffers
   * @param anonymousBytes resident memory that is no file's: heap, code, and all native memory
   * @param descriptors open files and sockets
   */
  record Sample(
      long heapBytes, long directBytes, long anonymousBytes, int descriptors, int threads) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "heap %.1f MiB, direct %.1f MiB, anonymous %.1f MiB, %d descriptors, %d threads",
          heapBytes / 1048576.0,
          directBytes / 1048576.0,
          anonymousBytes / 1048576.0,
          descriptors,
          threads);
    }
  }

  ProcessVitals(long pid) throws IOException {
    proc = Path.of("/proc", Long.toString(pid));
    connector = JMXConnectorFactory.connect(new JMXServiceURL(agentOf(pid)));
    MBeanServerConnection server = connector.getMBeanServerConnection();
    memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
    direct =
        ManagementFactory.getPlatformMXBeans(server, BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
  }

  private static String agentOf(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        return machine.startLocalManagementAgent();
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException(e);
    }
  }

  Sample sample() throws IOException {
    return new Sample(
        heapInUse(),
        direct.getMemoryUsed(),
        status("RssAnon:") * 1024,
        descriptors(),
        (int) status("Threads:"));
  }

  /** The least of some: a broker under load makes garbage between a collection and the answer. */
  private long heapInUse() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private int descriptors() throws IOException {
    try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
      return (int) open.count();
    }
  }

  private long status(String name) throws IOException {
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
      }
    }
    throw new IllegalStateException("no " + name + " in " + proc.resolve("status"));
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
