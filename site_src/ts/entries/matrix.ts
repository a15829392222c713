/** The matrix page. */
import { byId, draw, enableCopying } from "../dom.ts";
import { readMatrix, withPublished } from "../model/documents.ts";
import { MatrixIndex } from "../model/matrix-index.ts";
import { MatrixPage } from "../views/matrix-page.ts";
import { noData } from "../views/parts.ts";

enableCopying();
withPublished("matrix", (document) => { new MatrixPage(byId("matrix"), new MatrixIndex(readMatrix(document))); }, () => draw(byId("heat-table"), noData()));
