/** On every page: copy buttons, and links that lead somewhere when the site is opened from a folder. */
import { enableCopying, enableFolderLinks } from "../dom.ts";

enableCopying();
enableFolderLinks();
