"""The views, a module each; `costplan.tui.view.VIEWS` lists them."""
