"""Pictures of the record: values in, SVG out, with neither script nor network.

    timeline   counts by quad class over time, with coverage
    series     a dyad's or an actor's series, with incidents, doubt and changes
    ties       ties as bars over time
    world      places on a map of the world
    network    who acts on whom

Each is a function whose values are small records of its module, and whose answer is a `Markup` for a
template. Colour and type are in static/pictures.css.
"""
