"""A line plot with bars of one standard error, as SVG without any library."""


def draw(points, path, width=520, height=320):
    left, bottom, right, top = 64, 48, 16, 30
    xs = [p[0] for p in points]
    low = min(0, min(p[1] - p[2] for p in points))
    high = max(p[1] + p[2] for p in points)
    low, high = low - 0.05 * (high - low), high + 0.1 * (high - low)

    def x(value):
        return left + (value - min(xs)) / (max(xs) - min(xs)) * (width - left - right)

    def y(value):
        return height - bottom - (value - low) / (high - low) * (height - top - bottom)

    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">' % (width, height),
             '<rect width="100%" height="100%" fill="white"/>',
             '<text x="%d" y="18">Simulated EEG in babble at 0 dB: character errors saved</text>' % left]
    step = 0.05 if high - low < 0.5 else 0.1
    for k in range(int(low / step) - 1, int(high / step) + 2):
        if low <= k * step <= high:
            parts.append('<path d="M%d %.1fH%d" stroke="%s"/><text x="%d" y="%.1f" text-anchor="end">%d %%</text>' % (
                left, y(k * step), width - right, "#888" if k == 0 else "#ddd", left - 8, y(k * step) + 4, round(100 * k * step)))
    for value in xs:
        parts.append('<text x="%.1f" y="%d" text-anchor="middle">%g</text>' % (x(value), height - bottom + 18, value))
    parts.append('<text x="%.1f" y="%d" text-anchor="middle">EEG, evoked over background in 1 … 15 Hz, dB</text>' % ((left + width - right) / 2, height - 10))
    parts.append('<polyline fill="none" stroke="#1f6fb4" stroke-width="2" points="%s"/>' % " ".join("%.1f,%.1f" % (x(p[0]), y(p[1])) for p in points))
    for p in points:
        parts.append('<path d="M%.1f %.1fV%.1f" stroke="#1f6fb4"/><circle cx="%.1f" cy="%.1f" r="3.5" fill="#1f6fb4"/>' % (
            x(p[0]), y(p[1] - p[2]), y(p[1] + p[2]), x(p[0]), y(p[1])))
    with open(path, "w") as file:
        file.write("\n".join(parts + ["</svg>", ""]))
