// SPDX-License-Identifier: GPL-3.0-or-later
// What pages are put together from.
#pragma once

#include <QString>

#include <initializer_list>

class QAbstractButton;
class QFrame;
class QLabel;
class QSettings;
class QSplitter;
class QVBoxLayout;
class QWidget;

namespace zandb {

class Inspector;

/// A surface with a quiet border, which `content` fills.
QFrame *makeCard(QWidget *content, QWidget *parent);
/// The same under a heading; `more` stands at the end of the heading's line.
QFrame *makeCard(QLabel *title, QWidget *content, QWidget *parent, std::initializer_list<QWidget *> more = {});
/// `list` with its inspector beside it; the list takes what a wider window gives.
QSplitter *besideInspector(QWidget *list, Inspector *inspector, QWidget *parent);
/// The person's widths of its parts are kept under `name`, and taken up again now.
void keepSizes(QSplitter *split, QSettings &settings, const QString &name);
/// The layout of a page, with the margins all pages have.
QVBoxLayout *makePageLayout(QWidget *page);
/// An icon before a button's words, with room between the two.
void setIconBeside(QAbstractButton *button, const QString &icon);
/// A name as a button has room for: a long one is cut in its middle, since both ends tell it from others.
QString buttonName(const QString &name, const QWidget *button);
/// Enables the button, or disables it with the reason as its tooltip.
void permit(QAbstractButton *button, const QString &whyNot);

} // namespace zandb
