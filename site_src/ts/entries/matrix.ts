/** The matrix page. */
import { byId, draw, enableCopying } from "../dom.ts";
import { published, readMatrix, whenPublished } from "../model/documents.ts";
import { MatrixIndex } from "../model/matrix-index.ts";
import { MatrixPage } from "../views/matrix-page.ts";
import { noData } from "../views/parts.ts";

enableCopying();
whenPublished("matrix", () => { new MatrixPage(byId("matrix"), new MatrixIndex(readMatrix(published("matrix")))); }, () => draw(byId("heat-table"), noData()));
