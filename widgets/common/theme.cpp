// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/theme.h"

#include <QApplication>
#include <QFile>
#include <QWidget>
#include <QStyleFactory>

#include <cmath>

namespace zandb {
namespace {

struct Tones
{
    const char *text;
    const char *fill;
    const char *solid;
};
// in the order of Look: ok, running, pending, late, failed, unknown, skipped, cancelled, missed
constexpr Tones light[lookCount] = {
    {"#00664a", "#e0f3ec", "#009e73"}, {"#005a8c", "#e1f0fa", "#0072b2"}, {"#4a5563", "#edf0f3", "#9aa5b1"},
    {"#7a5000", "#fdf1d5", "#e69f00"}, {"#a63c00", "#fce8dd", "#d55e00"}, {"#8c3568", "#f8e7f0", "#cc79a7"},
    {"#4a5563", "#edf0f3", "#8795a3"}, {"#4a5563", "#edf0f3", "#6b7885"}, {"#7a5000", "#f4efe4", "#b8975a"},
};
constexpr Tones dark[lookCount] = {
    {"#4fd6ae", "#173a30", "#1fb487"}, {"#7cc7f2", "#16344a", "#56b4e9"}, {"#b4bec9", "#30363e", "#77828e"},
    {"#f2bd4b", "#3f3214", "#e69f00"}, {"#ff9a5c", "#47270f", "#e8711a"}, {"#eaa6c9", "#42283a", "#cc79a7"},
    {"#b4bec9", "#30363e", "#6c7884"}, {"#b4bec9", "#30363e", "#8b97a3"}, {"#dcbf85", "#383022", "#a98a52"},
};

const char *token(const QString &name, bool isDark)
{
    struct Entry
    {
        const char *name;
        const char *light;
        const char *dark;
    };
    static constexpr Entry entries[] = {
        {"text", "#1d2731", "#e4e8ec"},    {"muted", "#5a6673", "#a3adb8"},  {"window", "#f5f7f9", "#1c2025"},
        {"base", "#ffffff", "#22272d"},    {"rail", "#eceff3", "#181b20"},   {"border", "#dfe4e9", "#363d45"},
        {"hover", "#e9edf1", "#2c323a"},   {"select", "#dcebf6", "#26435a"}, {"accent", "#0072b2", "#56b4e9"},
        {"accenttext", "#005f94", "#7cc7f2"}, {"accenthover", "#00629a", "#7cc7f2"}, {"onaccent", "#ffffff", "#10202c"},
        {"scroll", "#c5cdd5", "#454e58"},  {"failfill", "#fce8dd", "#47270f"}, {"failtext", "#a63c00", "#ffb385"},
        {"goodfill", "#e0f3ec", "#173a30"}, {"goodtext", "#00664a", "#4fd6ae"},
    };
    for (const Entry &entry : entries) {
        if (name == QLatin1String(entry.name))
            return isDark ? entry.dark : entry.light;
    }
    return "#ff00ff";
}

QColor colour(const char *name, bool isDark)
{
    return QColor(QLatin1String(token(QLatin1String(name), isDark)));
}

QString styleSheet(bool isDark)
{
    QFile file(QStringLiteral(":/style/zandb.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QStringList parts = QString::fromUtf8(file.readAll()).split(QLatin1Char('@'));
    QString out;
    for (qsizetype at = 0; at < parts.size(); ++at)
        out += at % 2 ? QLatin1String(token(parts[at], isDark)) : parts[at];
    return out;
}

double luminance(const QColor &c)
{
    const auto part = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(c.redF()) + 0.7152 * part(c.greenF()) + 0.0722 * part(c.blueF());
}

} // namespace

LookColours lookColours(Look look, bool isDark)
{
    const Tones &tones = (isDark ? dark : light)[static_cast<int>(look)];
    return {QColor(QLatin1String(tones.text)), QColor(QLatin1String(tones.fill)), QColor(QLatin1String(tones.solid))};
}

QColor seriesColour(int number, bool isDark)
{
    // yellow is left out: no shade of it is seen on white
    static constexpr const char *onLight[] = {"#0072b2", "#d98200", "#009e73", "#b35a8f", "#d55e00", "#2f9bd6", "#6b7885", "#8a7500"};
    static constexpr const char *onDark[] = {"#56b4e9", "#e69f00", "#1fb487", "#cc79a7", "#ee7733", "#2b8ccf", "#9aa7b4", "#d9c94a"};
    return QColor(QLatin1String((isDark ? onDark : onLight)[number % 8]));
}

QString lookIcon(Look look)
{
    return QStringLiteral("look-") + lookName(look);
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Base).lightness() < 128;
}

bool isAway(const QWidget *widget)
{
    return widget && widget->window()->property("away").toBool();
}

QColor mutedText(const QPalette &palette)
{
    return colour("muted", isDark(palette));
}

QColor faintText(const QPalette &palette)
{
    return colour("scroll", isDark(palette));
}

QColor borderColour(const QPalette &palette)
{
    return colour("border", isDark(palette));
}

QColor accentColour(const QPalette &palette)
{
    return colour("accent", isDark(palette));
}

double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

QFont fixedFont()
{
    QFont font;
    font.setFamilies({QStringLiteral("Noto Sans Mono"), QStringLiteral("DejaVu Sans Mono"), QStringLiteral("Menlo"),
                      QStringLiteral("Consolas"), QStringLiteral("Noto Sans Mono CJK SC")});
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    font.setPixelSize(12);
    return font;
}

Theme::Theme(QApplication &app) : QObject(&app), m_app(app), m_systemDark(isDark(app.palette()))
{
    QFont font;
    font.setFamilies({QStringLiteral("Noto Sans"), QStringLiteral("Noto Sans CJK SC"), QStringLiteral("Segoe UI"),
                      QStringLiteral("Microsoft YaHei UI"), QStringLiteral("PingFang SC")});
    font.setPixelSize(13);
    m_app.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    m_app.setFont(font);
}

QPalette Theme::palette(bool dark)
{
    QPalette palette;
    const QColor text = colour("text", dark);
    const QColor muted = colour("muted", dark);
    palette.setColor(QPalette::Window, colour("window", dark));
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, colour("base", dark));
    palette.setColor(QPalette::AlternateBase, colour("window", dark));
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::Button, colour("base", dark));
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, colour("base", dark));
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Highlight, colour("select", dark));
    palette.setColor(QPalette::HighlightedText, text);
    palette.setColor(QPalette::Link, colour("accenttext", dark));
    palette.setColor(QPalette::Mid, colour("border", dark));
    palette.setColor(QPalette::Light, colour("base", dark));
    palette.setColor(QPalette::Midlight, colour("hover", dark));
    palette.setColor(QPalette::Dark, colour("border", dark));
    palette.setColor(QPalette::Shadow, colour("border", dark));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, muted);
    return palette;
}

void Theme::apply(Choice choice)
{
    m_choice = choice;
    const bool dark = choice == Choice::Dark || (choice == Choice::System && m_systemDark);
    m_app.setPalette(palette(dark));
    m_app.setStyleSheet(styleSheet(dark));
}

} // namespace zandb
