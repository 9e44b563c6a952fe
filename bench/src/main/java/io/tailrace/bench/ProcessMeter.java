package io.tailrace.bench;

import io.tailrace.bench.load.Tally;
import io.tailrace.bench.report.Figure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** CPU time, memory and counters of broker and generator, out of {@code /proc}: disturbs nobody. */
final class ProcessMeter implements Meter {
  private final ProcFiles proc;
  private final OptionalLong brokerPid;
  private final List<ProcessSample> brokerSamples = new ArrayList<>();
  private final List<ProcessSample> generatorSamples = new ArrayList<>();

  /**
   * @param brokerPid if it is not known, only the generator's use is among the figures
   */
  ProcessMeter(ProcFiles proc, OptionalLong brokerPid) {
    this.proc = proc;
    this.brokerPid = brokerPid;
  }

  @Override
  public void prepare() {}

  @Override
  public void begin() {
    brokerSamples.clear();
    generatorSamples.clear();
    sample();
  }

  @Override
  public void end() {
    sample();
  }

  private void sample() {
    brokerPid.ifPresent(pid -> brokerSamples.add(ProcessSample.take(proc, pid)));
    generatorSamples.add(ProcessSample.take(proc, ProcessHandle.current().pid()));
  }

  @Override
  public Map<Figure, Double> figures(Tally tally) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    ProcessSample generator = generatorSamples.getFirst();
    figures.put(Figure.GENERATOR_CORES, generator.coresUntil(generatorSamples.getLast()));
    brokerPid.ifPresent(pid -> {
      addBroker(brokerSamples.getFirst(), brokerSamples.getLast(), tally, figures);
      figures.put(Figure.RESIDENT_MB, proc.residentBytes(pid) / 1e6);
    });
    return figures;
  }

  private static void addBroker(
      ProcessSample from, ProcessSample to, Tally tally, Map<Figure, Double> figures) {
    double cpuSeconds = to.cpuSeconds() - from.cpuSeconds();
    double requests = tally.requests();
    figures.put(Figure.CPU_PER_REQUEST, cpuSeconds * 1e6 / requests);
    figures.put(Figure.CPU_PER_GB, cpuSeconds * 1e9 / tally.bytes());
    figures.put(Figure.BROKER_CORES, from.coresUntil(to));
    figures.put(Figure.CONTEXT_SWITCHES_PER_REQUEST, from.contextSwitchesUntil(to) / requests);
    if (from.readsAndWrites().isPresent() && to.readsAndWrites().isPresent()) {
      long calls = to.readsAndWrites().getAsLong() - from.readsAndWrites().getAsLong();
      figures.put(Figure.READS_AND_WRITES_PER_REQUEST, calls / requests);
    }
  }
}
