"""Two small tables that move to two others: enough for most trouble, and quick."""

OLD = """
CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE books (id int PRIMARY KEY, author_id int, title text, price numeric, sold text);
INSERT INTO authors SELECT i, 'author ' || i FROM generate_series(1, 50) i;
INSERT INTO books SELECT i, 1 + i % 50, 'title ' || i, i / 4.0, '2024-01-' || lpad((1 + i % 28)::text, 2, '0') FROM generate_series(1, 400) i;
"""

NEW = """
CREATE TABLE writer (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE book (id int PRIMARY KEY, writer_id int REFERENCES writer, title text, price numeric(8,2), sold date);
"""

WRITERS = "SELECT id, name FROM authors\n"
BOOKS = "SELECT id, author_id AS writer_id, title, price, sold::date AS sold\n  FROM books\n"


def files(source, target, writer="", book="", writers=WRITERS, books=BOOKS, more="", expand=None):
    """The migration's folder; `writer` and `book` are more keys of the entities, `more` of the migration."""
    return {
        "migration.yaml": f"""rehome: 1
name: shop
source: {source}
target: {target}
{"expand: [sql/10-tables.sql]" if expand else ""}
{more}
entities:
  writer: {{ from: authors, transform: sql/writer.sql{", " + writer if writer else ""} }}
  book: {{ from: books, transform: sql/book.sql{", " + book if book else ""} }}
""",
        "sql/writer.sql": writers,
        "sql/book.sql": books,
        **({"sql/10-tables.sql": expand} if expand else {}),
    }
