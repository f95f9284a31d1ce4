"""The five processes of a site, each until it is told to stop."""

import structlog

from document.clock import SystemClock
from document.settings import Site, WebSection
from niem.run import stop_on_signals

log = structlog.get_logger("process")


def keys(site: Site) -> None:
    """Hold the keys; this process alone ever opens one."""
    from signing.keys.server import serve  # noqa: PLC0415 (each process loads only what it needs)

    settings = site.settings.keys
    serve(
        site.keys,
        site.socket,
        tries=settings.pin_tries,
        lock_minutes=settings.lock_minutes,
        clock=SystemClock(),
        unattended=settings.unattended,
        group=settings.group or None,
    )


def watch(site: Site) -> None:
    """Watch the units' folders."""
    from niem.parts import parts  # noqa: PLC0415 (as above)
    from niem.watching import watcher  # noqa: PLC0415 (as above)

    stop = stop_on_signals()
    with parts(site) as these:
        watcher(these).run(stop)


def work(site: Site) -> None:
    """Carry documents on."""
    from niem.parts import parts  # noqa: PLC0415 (as above)
    from niem.worker import work as work_until  # noqa: PLC0415 (as above)

    stop = stop_on_signals()
    with parts(site) as these:
        work_until(these, stop)


def desk(site: Site) -> None:
    """Serve the desk. PINs pass through its memory, which is closed to others first."""
    from niem.parts import parts  # noqa: PLC0415 (as above)
    from office.desk import create_app  # noqa: PLC0415 (as above)
    from signing.keys.private_files import private_memory  # noqa: PLC0415 (as above)

    private_memory()
    with parts(site) as these:
        _serve(create_app(these.desk()), site, site.settings.desk)


def public(site: Site) -> None:
    """Serve the public listing; it reads the model that the workers publish and nothing else."""
    from publisher.pages import Contact  # noqa: PLC0415 (as above)
    from publisher.web import create_app  # noqa: PLC0415 (as above)

    settings = site.settings.public
    contact = Contact(settings.feedback_address, settings.feedback_phone, settings.feedback_email)
    app = create_app(
        site.public,
        site.public_store,
        title=settings.title,
        contact=contact,
        clock=SystemClock(),
        test_site=site.is_trial,
        database=settings.database or None,
    )
    _serve(app, site, settings)


def _serve(app: object, site: Site, section: WebSection) -> None:
    import uvicorn  # noqa: PLC0415 (as above)

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        host=section.host,
        port=section.port,
        ssl_certfile=site.path(section.tls_certificate) if section.tls_certificate else None,
        ssl_keyfile=site.path(section.tls_key) if section.tls_key else None,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
    )
    uvicorn.Server(config).run()
