"""Personal data taken out after their time: names, texts and records go; figures by code stay, and the digests too."""
