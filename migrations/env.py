"""Alembic's entry: run by ``consulta db upgrade`` with the connection it is given."""

from alembic import context

from consulta.models import Base


def include(_object, name, type_, _reflected, _compare_to):
    """The search index differs by database and is no table of the models."""
    return not (type_ == "table" and name.startswith("search_texts"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=include,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
