// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

class QApplication;
class QWidget;

namespace zandb {

/// One spacing unit; everything is a multiple of it or half of it.
inline constexpr int unit = 8;

/// The colours of one look: Okabe and Ito's hues, safe for colour-blind eyes.
struct LookColours
{
    QColor text;  ///< on `fill` and on the base colour: contrast at least 4.5 to 1
    QColor fill;  ///< quiet background of a pill
    QColor solid; ///< bars and chart series
};
LookColours lookColours(Look look, bool dark);
/// The colour of a chart's line by its number, in Okabe and Ito's order: neighbours differ for colour-blind eyes too.  Numbers from 8 on begin anew.
QColor seriesColour(int number, bool dark);
/// Resource name of a look's icon.
QString lookIcon(Look look);

bool isDark(const QPalette &palette);
/// The window of `widget` has lost its store (it says so in the property "away"): what is shown is old, and grey.
bool isAway(const QWidget *widget);
/// Text of less weight; contrast at least 4.5 to 1 on base and window.
QColor mutedText(const QPalette &palette);
/// Marks of what cannot be used now: seen, but not in the way.
QColor faintText(const QPalette &palette);
QColor borderColour(const QPalette &palette);
QColor accentColour(const QPalette &palette);
/// WCAG contrast ratio.
double contrast(const QColor &a, const QColor &b);
/// For SQL, logs and identifiers only.
QFont fixedFont();

/// Applies palette, font and style sheet to the application: Fusion made calm.
class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Choice { System, Light, Dark };
    explicit Theme(QApplication &app);

    void apply(Choice choice);
    Choice choice() const { return m_choice; }
    static QPalette palette(bool dark);

private:
    QApplication &m_app;
    Choice m_choice = Choice::System;
    bool m_systemDark = false;
};

} // namespace zandb
