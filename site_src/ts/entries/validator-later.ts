/** What the validator needs only when asked: exports of a report, and the check of a downloaded bundle. */
import { checkBundle } from "../validator/bundle-check.ts";
import { EXPORTS } from "../validator/exports.ts";

export interface Later { checkBundle: typeof checkBundle; exports: typeof EXPORTS }

const later: Later = { checkBundle, exports: EXPORTS };
(globalThis as { aicrLater?: Later }).aicrLater = later;
