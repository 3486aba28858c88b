/** The puppet's entry module in a worker. */
import { hostActor } from "../../../actors/runtime/worker_host.ts";
import { createPuppet } from "./puppet.ts";

hostActor(createPuppet);
