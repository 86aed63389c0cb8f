import type {
  CallableValue,
  CodeDecoder,
  CodeEncoder,
  Found,
  FunctionPayload,
  Payload,
  UploadTable,
} from '@grid/protocol';

/** How a thread gets functions out of bytes and puts them into bytes. */
export interface CodeLoader {
  /** Lets results hold functions and instances of classes. */
  readonly encoder: CodeEncoder;
  /** Lets values come back that hold such; what they refer to is prepared. */
  readonly decoder: CodeDecoder;
  /** The function that a payload stands for. */
  load(part: FunctionPayload): Promise<CallableValue>;
  /** Loads what a value with code in it refers to, so that it can then be decoded. */
  prepare(payload: Payload): Promise<void>;
  /** Loads a module by its name, as `import` in a function does. */
  importModule(specifier: string): Promise<unknown>;
  /** What has been uploaded by now; what is loaded from now on finds it. */
  setUploads(table: UploadTable): void;
  /** The file or folder of an upload, or why it is not there. */
  findUpload(name: string): Found;
}
