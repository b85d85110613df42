-- What the tables of today take from a store of version 1 (`old`) where that is more than the columns of
-- the same names: for table x the view from_x. upkeep.py tells the rest.
--
-- Version 1 had no regions of places, no incidents, decisions, or articles without a text.

CREATE TEMP VIEW from_article AS
SELECT *, left(sha256("text"), 32) AS text_hash FROM old.article;
