"""JupyterLab for the course: no connection to the outside, no news, no extension manager."""

c = get_config()  # noqa: F821
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.ServerApp.allow_root = True  # in a container root is often the only user; the server asks for its token all the same
