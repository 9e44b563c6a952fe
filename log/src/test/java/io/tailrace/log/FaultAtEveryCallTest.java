package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * The k-th call to the disk fails, for k = 1, 2, 3 … until the scenario completes: that one alone,
 * or all from it on. Then the log goes on in the same process if the disk was only full; and after
 * a kill (even k) or a power loss (odd k) what was promised is there.
 */
class FaultAtEveryCallTest {
  private static final int AT_LEAST = 5_000;

  /** What a log goes through; a part of it when the disk is sound, the rest when it is not. */
  private enum Scenario {
    APPEND_ROLL_FLUSH {
      @Override
      void act(FaultRun run) {
        run.append(4);
        run.flush();
        run.append(8);
        run.flush();
      }
    },
    RETENTION {
      @Override
      void prepare(FaultRun run) {
        run.append(10);
        run.flush();
      }

      @Override
      void act(FaultRun run) {
        run.deleteBefore(12);
        run.checkpoint();
        run.append(2);
        run.flush();
        run.deleteBefore(20);
      }
    },
    CLOSE_AND_REOPEN {
      @Override
      void prepare(FaultRun run) {
        run.append(5);
        run.flush();
      }

      @Override
      void act(FaultRun run) {
        run.append(2);
        run.close();
        if (run.open()) {
          run.append(3);
          run.flush();
        }
      }
    },
    RECOVERY {
      @Override
      void prepare(FaultRun run) throws IOException {
        run.append(6);
        run.flush();
        run.checkpoint();
        run.append(6);
        run.tearTail();
        run.harness.disk.kill();
      }

      @Override
      void act(FaultRun run) {
        if (run.open()) {
          run.append(2);
          run.flush();
        }
      }
    },
    TRUNCATION {
      @Override
      void prepare(FaultRun run) {
        run.append(10);
        run.flush();
        run.checkpoint();
      }

      @Override
      void act(FaultRun run) {
        run.truncateTo(17);
        run.append(2);
        run.flush();
      }
    },
    CHECKPOINTS {
      @Override
      void act(FaultRun run) {
        for (int i = 0; i < 3; i++) {
          run.append(2);
          run.flush();
          run.checkpoint();
        }
        run.harness.manager.tidy(run.harness.clock.wallMs(), 1);
      }
    },
    LIFE {
      @Override
      void act(FaultRun run) {
        run.append(12);
        run.flush();
        run.checkpoint();
        run.deleteBefore(3);
        run.close();
        if (run.open()) {
          run.append(4);
          run.harness.manager.tidy(0, 60_000);
          run.flush();
          run.close();
          run.open();
        }
      }
    },
    OTHER_TOPICS {
      @Override
      void act(FaultRun run) {
        LogManager manager = run.harness.manager;
        run.append(1);
        for (String id : new String[] {"AAAAAAAAAAAAAAAAAAAAAg", "AAAAAAAAAAAAAAAAAAAAAw"}) {
          run.attempt(() -> manager.create("other-0", id, run.harness.config).flush());
          run.checkpoint();
          run.attempt(() -> manager.delete("other-0", 0));
        }
        run.append(1);
        run.flush();
      }
    };

    void prepare(FaultRun run) throws IOException {}

    abstract void act(FaultRun run);
  }

  private int runs;

  @Test
  void whatWasPromisedIsThere() {
    for (DiskFault fault : DiskFault.values()) {
      all(fault, false);
      all(fault, true);
    }
    System.out.println("failing calls to the disk: " + runs + " runs");
    assertThat(runs).isGreaterThanOrEqualTo(AT_LEAST);
  }

  private void all(DiskFault fault, boolean lasting) {
    for (Scenario scenario : Scenario.values()) {
      boolean reached = true;
      for (int k = 1; reached; k++) {
        try {
          reached = run(scenario, fault, lasting, k);
        } catch (AssertionError | Exception e) {
          fail("%s, %s%s call %d".formatted(scenario, fault, lasting ? " from" : " at", k), e);
        }
      }
    }
  }

  /** Gives false if all was done before the k-th call. */
  private boolean run(Scenario scenario, DiskFault fault, boolean lasting, int k)
      throws LogException, IOException {
    FaultRun run = new FaultRun();
    assertThat(run.open()).isTrue();
    scenario.prepare(run);
    long last = run.harness.disk.calls() + k;
    if (lasting) {
      run.harness.disk.failFrom(k, fault);
    } else {
      run.harness.disk.failCall(k, fault);
    }
    scenario.act(run);
    boolean reached = run.harness.disk.calls() >= last;
    run.harness.disk.setFaults(null);
    if (fault == DiskFault.NO_SPACE) {
      run.goOn();
    }
    run.checkAfter(k % 2 == 1, !lasting || fault == DiskFault.NO_SPACE, k);
    runs++;
    return reached;
  }
}
