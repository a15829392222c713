/** The matrix page. */
import { byId, draw, enableCopying } from "../dom.ts";
import { published, readMatrix } from "../model/documents.ts";
import { MatrixIndex } from "../model/matrix-index.ts";
import { MatrixPage, noData } from "../views/matrix-page.ts";

enableCopying();
const document_ = published("matrix");
if (document_) new MatrixPage(byId("matrix"), new MatrixIndex(readMatrix(document_)));
else draw(byId("heat-table"), noData());
