"""The parts of the editor: the text with its underlines, the list of completions, the find bar."""
