import type { ServeConfig } from "../../../config/commands/serve_config.ts";
import type { BrokerAddress } from "../../../protocol/relay_url.ts";
import { readCredentials } from "../../../relay/broker/credentials.ts";
import { dial } from "../../../relay/broker/dial.ts";
import { explainBroker } from "../../../relay/broker/explain_broker.ts";
import { type Check, messageOf } from "../check.ts";

/** Checks whether the NATS servers that `serve` would use accept us. */
export async function* checkBrokers(
  { cameras, publish, natsCreds: creds }: Pick<ServeConfig, "cameras" | "publish" | "natsCreds">,
): AsyncGenerator<Check> {
  if (creds !== undefined) {
    const problem = await readCredentials(creds).then(() => undefined, messageOf);
    if (problem !== undefined) {
      yield { name: "nats", status: "fail", message: problem, remedy: "name another file" };
      return;
    }
  }
  const sources = cameras.flatMap(({ source }) => source.kind === "relay" ? [source.broker] : []);
  const brokers = [...publish === undefined ? [] : [publish], ...sources];
  for (const broker of new Map(brokers.map((each) => [JSON.stringify(each), each])).values()) {
    yield await checkBroker(broker, creds);
  }
}

const REMEDY = "check that nats-server runs there, and accepts this address, user and password";

async function checkBroker(broker: BrokerAddress, creds: string | undefined): Promise<Check> {
  const { shown } = broker;
  try {
    const connection = await dial(broker, { creds });
    await connection.close();
    return { name: "nats", status: "ok", message: `${shown} accepts our connection` };
  } catch (error) {
    const used = broker.user === undefined ? creds : undefined;
    const message = `${shown} ${explainBroker(error, broker, { creds: used })}`;
    return { name: "nats", status: "fail", message, remedy: REMEDY };
  }
}
