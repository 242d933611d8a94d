/** `mp config`: the file itself. */
import { group } from "../../app/declare.ts"
import { check } from "./check.ts"
import { migrate } from "./migrate.ts"
import { path } from "./path.ts"
import { show } from "./show.ts"

export const config = group("config", "the configuration file", [path, show, check, migrate])
