/**
 * What the codes mean with which systems refuse a call, as phrases that follow a colon: the one table for files,
 * connections, programs and terminals.
 */

import { tooManyOpen, type SystemRefusal } from "./systemRefusal.ts"

/** Told as they are, for connections. */
export const meaningsForConnections: Readonly<Record<string, string>> = {
  ECONNABORTED: "the connection was aborted",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  EPIPE: "the connection was closed while the request was sent",
  EPROTO: "the TLS handshake failed",
  ETIMEDOUT: "the connection timed out"
}

/** The same as far as it means the same everywhere, and all others. */
const meanings: Readonly<Record<string, string>> = {
  ...meaningsForConnections,
  E2BIG: "the arguments and the environment are too long",
  EACCES: "permission denied",
  EADDRINUSE: "the address is in use",
  EADDRNOTAVAIL: "the address is not one of this machine",
  EAFNOSUPPORT: "this kind of address is not supported here",
  EAGAIN: "the system has no room for it at the moment",
  EALREADY: "it is under way already",
  EBADF: "it was closed meanwhile",
  EBADMSG: "it is damaged",
  EBUSY: "it is in use",
  ECANCELED: "it was cancelled",
  ECHILD: "there is no such child process",
  EDEADLK: "waiting for the lock would never end",
  EDESTADDRREQ: "an address is missing",
  EDOM: "a number is out of range",
  EDQUOT: "the disk quota is used up",
  EEXIST: "something of that name is there already",
  EFAULT: "the system could not read the call",
  EFBIG: "the file would be larger than is allowed",
  EFTYPE: "it is of another kind",
  EHOSTDOWN: "the host is down",
  EIDRM: "it was removed meanwhile",
  EILSEQ: "its name cannot be written on this disk",
  EINPROGRESS: "it is under way",
  EINTR: "it was interrupted",
  EINVAL: "the disk or device cannot do that",
  EIO: "the disk or device reported an error",
  EISCONN: "it is connected already",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link, or leads through too many of them",
  EMFILE: tooManyOpen,
  EMLINK: "it has too many links",
  EMSGSIZE: "the message is too long",
  EMULTIHOP: "it lies beyond more than one link",
  ENAMETOOLONG: "its name is too long",
  ENETDOWN: "the network is down",
  ENETRESET: "the network dropped the connection",
  ENFILE: "too many files are open on this machine",
  ENOBUFS: "the system has no memory for connections left",
  ENODATA: "there are no data",
  ENODEV: "its device is not there",
  ENOENT: "it or its directory was removed meanwhile",
  ENOEXEC: "it is not a program that this system can run",
  ENOLCK: "its file system has no locks left, or knows none",
  ENOLINK: "the way to its file system was cut",
  ENOMEM: "the system has no memory left",
  ENOMSG: "there is no message",
  ENONET: "this machine is not on the network",
  ENOPROTOOPT: "the protocol cannot do that",
  ENOSPC: "the disk is full",
  ENOSR: "the system has no streams left",
  ENOSTR: "it is not a stream",
  ENOSYS: "this system cannot do that",
  ENOTCONN: "it is not connected",
  ENOTDIR: "something above it is not a directory",
  ENOTEMPTY: "it is a directory with something in it",
  ENOTSOCK: "it is not a socket",
  ENOTSUP: "its file system or device cannot do that",
  ENOTTY: "it is not a terminal",
  ENXIO: "it is a socket, pipe or device, and nobody is at its other end",
  EOPNOTSUPP: "its file system or device cannot do that",
  EOVERFLOW: "it is too large for this system",
  EPERM: "the operation is not permitted",
  EPIPE: "nobody reads it any more",
  EPROTONOSUPPORT: "the protocol is not supported here",
  EPROTOTYPE: "the protocol is of another kind",
  ERANGE: "a result is out of range",
  EREMOTEIO: "the device at the other end reported an error",
  EROFS: "its file system is read-only",
  ESHUTDOWN: "the connection was shut down",
  ESOCKTNOSUPPORT: "this kind of socket is not supported here",
  ESPIPE: "it cannot be read from any place but the next",
  ESRCH: "there is no such process",
  ESTALE: "its network file system has forgotten it",
  ETIME: "the device did not answer in time",
  ETXTBSY: "it is a program that runs, or a file that is being written",
  EUNATCH: "its driver is not there",
  EWOULDBLOCK: "the system has no room for it at the moment",
  EXDEV: "it lies on another file system",
  UNKNOWN: "the system does not say why"
}

export const isErrno = (code: string): boolean => Object.hasOwn(meanings, code)

export const meaningOf = (code: string): string =>
  isErrno(code) ? `${meanings[code]} (${code})` : `the system refused it (${code})`

/** The sentence for a call that nobody expected to fail. */
export const refusalText = ({ about, code, syscall }: SystemRefusal): string =>
  `The system refused what mp needs (${about === null ? syscall : `${syscall} ${about}`}): ${meaningOf(code)}.`
