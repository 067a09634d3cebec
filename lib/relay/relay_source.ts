import type { Reading, Source } from "../camera/source.ts";
import type { Frame } from "../frame/frame.ts";
import { type Failure, SourceError } from "../frame/source_error.ts";
import { quote } from "../protocol/quote.ts";
import type { BrokerLink } from "./broker/broker.ts";
import type { Directory } from "./directory.ts";
import type { RelayedFrame } from "./frame_message.ts";
import { Intake, type RelayCounters } from "./intake.ts";
import { type CameraSubjects, subjectsOf } from "./subjects.ts";
import { Wanting } from "./wanting.ts";

/** The input of {@linkcode RelaySource}. */
export interface RelaySourceOptions {
  /** The broker's connection. */
  broker: BrokerLink;
  /** The publishers on it. */
  directory: Directory;
}

/** An existing publisher is heard within this time after connecting. */
const GRACE_MS = 4000;

/** A camera that another wscam publishes through NATS. */
export class RelaySource implements Source {
  /** The camera has to be opened on the other machine first. */
  readonly openMs = 20_000;
  /**
   * The other machine knows the camera's rate and reports when it is frozen, so this is three times
   * the longest wait.
   */
  readonly gapMs = 30_000;
  readonly #camera: string;
  readonly #broker: BrokerLink;
  readonly #directory: Directory;
  readonly #subjects: CameraSubjects;
  readonly #wanting: Wanting;
  readonly #intake: Intake;

  /**
   * @throws {RangeError} when the name can't be used on a broker
   */
  constructor(camera: string, { broker, directory }: RelaySourceOptions) {
    this.#camera = camera;
    this.#broker = broker;
    this.#directory = directory;
    this.#subjects = subjectsOf(camera);
    this.#wanting = new Wanting(camera, { broker, directory, subject: this.#subjects.want });
    this.#intake = new Intake(camera, { broker, directory });
  }

  /** Counts of what has come so far. */
  get counters(): Readonly<RelayCounters> {
    return this.#intake.counters;
  }

  /** Calls a function when there may be pictures again, until told to stop. */
  observeRecovery(onRecovery: () => void): () => void {
    let hadProblem = false;
    const look = (camera = this.#camera): void => {
      if (camera !== this.#camera) return;
      const hasProblem = this.#problem() !== undefined;
      if (hadProblem && !hasProblem) onRecovery();
      hadProblem = hasProblem;
    };
    const stops = [this.#broker.observe(() => look()), this.#directory.observe(look)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Asks the publisher for pictures while they are being read. See {@linkcode Source.frames}. */
  async *frames(
    { pool, signal, onPlan, onBroken = () => {} }: Reading,
  ): AsyncGenerator<Frame, void> {
    let newest: RelayedFrame | undefined;
    let wake = (): void => {};
    this.#intake.reset();
    using stack = new DisposableStack();
    const stops = [
      this.#broker.listen(this.#subjects.frame, (message) => {
        const frame = this.#intake.accept(message, onBroken);
        if (frame === undefined) return;
        if (newest) this.#intake.counters.dropped++;
        newest = frame;
        wake();
      }),
      this.#wanting.keep(() => wake(), () => this.#intake.resetLateness()),
    ];
    for (const stop of stops) stack.defer(stop);
    // An edge with a problem keeps its request: it is back within seconds, or the publisher forgets
    // it.
    const onAbort = (): void => {
      this.#wanting.say({ end: true });
      wake();
    };
    signal.addEventListener("abort", onAbort);
    stack.defer(() => signal.removeEventListener("abort", onAbort));
    onPlan?.({ encoder: "copy", reason: `as it comes from ${this.#broker.name}` });
    while (!signal.aborted) {
      if (newest) {
        const { jpeg, ...info } = newest;
        newest = undefined;
        yield pool.jpeg(jpeg, info);
        continue;
      }
      const problem = this.#problem();
      if (problem !== undefined) throw new SourceError(problem.code, problem.reason);
      await new Promise<void>((resolve) => wake = resolve);
    }
  }

  /** Why no pictures can come. */
  #problem(): Failure | undefined {
    const { name, problem, connectedAt } = this.#broker;
    if (problem !== undefined) {
      return { code: "unreachable", reason: `can't be reached: ${name} ${problem}` };
    }
    if (connectedAt === undefined) return undefined;
    const refused = Object.values(this.#subjects).find((each) => this.#broker.isRefused(each));
    if (refused !== undefined || this.#directory.isRefused) {
      const subject = refused ?? "wscam.*.status";
      const reason = `can't be seen: ${name} does not allow it to this user (${subject})`;
      return { code: "refused", reason };
    }
    const found = this.#directory.find(this.#camera);
    if (found?.state === "failed") {
      return { code: found.code ?? "failed", reason: found.reason ?? "failed" };
    }
    if (found || performance.now() - connectedAt < GRACE_MS) return undefined;
    const reason = `isn't there: no wscam publishes ${quote(this.#camera)} on ${name}`;
    return { code: "missing", reason };
  }
}
