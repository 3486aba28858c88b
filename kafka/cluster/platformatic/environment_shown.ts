/**
 * The environment is there again.
 *
 * @module
 */

import process from "node:process";
import { environment } from "./environment_hidden.ts";

process.env = environment;
