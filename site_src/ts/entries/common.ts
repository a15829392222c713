/** On every page: copy buttons, and the `/` key where the theme's own search is not there. */
import { enableCopying } from "../dom.ts";

enableCopying();
