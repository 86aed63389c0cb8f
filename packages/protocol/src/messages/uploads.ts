import { defineMessage } from './define-message.js';
import { bytes, flag, id, list, oneOf, optional, record, text } from './fields.js';

/*
 * Files that every worker gets. Peers that know these messages name the feature `uploads` in their handshake; to others
 * none of them is sent.
 */

/** What is uploaded: `file`: one file; `package`: a folder that is imported by its name, as if it were installed. */
const uploadKind = oneOf(['file', 'directory', 'package']);

/** One file: where it lies inside the upload, with `/`, and what is in it. */
const uploadFile = record({ path: text, bytes });

/** Why one worker does not have an upload. */
const uploadProblem = record({ worker: text, problem: text });

/**
 * Client to scheduler: keep this, and give it to all workers, also to those that come later. It takes the place of an
 * earlier upload of the same name. `hash` is sha256, in hex, over kind, paths and contents. Answered when each worker that
 * is there has it, or has said why not.
 */
export const uploadRequest = defineMessage('upload', 180, {
  name: text,
  kind: uploadKind,
  hash: text,
  files: list(uploadFile),
});
export const uploadReply = defineMessage('upload-reply', 181, { workers: id, problems: list(uploadProblem) });

/** Client to scheduler: forget this, and have the workers forget it. */
export const removeUploadRequest = defineMessage('remove-upload', 182, { name: text });
export const removeUploadReply = defineMessage('remove-upload-reply', 183, { found: flag });

/**
 * Scheduler to worker: get this by its hash, unless you have it. Tasks that come after this are to find it; answered when
 * they will.
 */
export const takeUploadRequest = defineMessage('take-upload', 184, {
  name: text,
  kind: uploadKind,
  hash: text,
  nbytes: id,
});
export const takeUploadReply = defineMessage('take-upload-reply', 185, {});

/** Scheduler to worker: tasks that come after this are not to find it any more. */
export const dropUpload = defineMessage('drop-upload', 186, { name: text });

/** Worker to scheduler, over a line for bulk data: the content. `null`: it is not kept any more. */
export const getUploadRequest = defineMessage('get-upload', 187, { hash: text });
export const getUploadReply = defineMessage('get-upload-reply', 188, { files: optional(list(uploadFile)) });
