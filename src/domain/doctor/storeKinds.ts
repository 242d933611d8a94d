/** What can be found about a store that machines share. */
import { command } from "../hints/Command.ts"
import { type Kind, kindsOf } from "./Kind.ts"

const store = kindsOf("store")

export const storeKinds = {
  "store-refused": store.error(
    "The store of MP_STORE is not used.",
    "A setting is wrong, or the engine is one that loses logins or takes none. Nothing is read from it or from the disk in its place.",
    null,
    "The fix depends on the cause: mp doctor names the command."
  ),
  "store-unreachable": store.error(
    "The store of MP_STORE cannot be reached.",
    "The engine is down or does not answer, or something stands in between. The disk is not used in its place.",
    null,
    "Check the address in MP_STORE, and the network on the way to it."
  ),
  "store-forgets": store.warning(
    "The store loses logins when its engine crashes.",
    "It does not write what it is given to its disk before it answers, or at all. Logins that no running process knows are lost then.",
    command`redis-cli -u "$MP_STORE" CONFIG SET appendonly yes`,
    "With Postgres, fsync and synchronous_commit are on, and the table is logged."
  ),
  "store-evicts": store.warning(
    "The engine of the store throws entries away when its memory is full.",
    "Marks of logins that have ended are among them; whoever still knows such a login could bring it back.",
    command`redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction`
  ),
  "store-replicas-missing": store.error(
    "Fewer replicas are connected than MP_STORE_REPLICAS asks for.",
    "A refresh token is sent only when so many have the claim: no login is renewed.",
    command`export MP_STORE_REPLICAS=0`
  ),
  "store-entries-foreign": store.error(
    "Entries of the store are sealed with a key that MP_STORE_KEY does not hold, or not at all.",
    "Somebody with other keys uses the namespace, or an older key was taken away too early. These entries are not used.",
    command`export MP_STORE_KEY=NEWER_KEYS,OLDER_KEYS`
  ),
  "store-key-former": store.info(
    "Entries of the store are sealed with an older key.",
    "What was not written since a newer key was put in front is sealed with the one before.",
    command`mp store reseal`
  ),
  "store-claim-abandoned": store.warning(
    "The renewal of a login in the store was interrupted.",
    "The process ended, or was cut off, between the request and the storing of its answer. The next one sends the refresh token once more; where the server has replaced it already, the login has ended.",
    command`mp account test NAME`
  ),
  "store-clock-differs": store.warning(
    "This machine's clock differs from the engine's by more than 30 seconds.",
    "Bearers stay right, for they are judged by the engine's clock; times in messages and in the audit do not.",
    command`sudo timedatectl set-ntp true`
  )
} satisfies Record<string, Kind>
