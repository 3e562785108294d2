// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/common/page.h"

#include <functional>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace zandb {

/// What the settings page shows, as it is now.
struct SettingsFacts
{
    QString profile;
    bool production = false;
    QString store;      ///< "zandb@db1:3306/zandb", or the socket
    QString tls;        ///< "auto", "required", "off"
    QString file;       ///< where the profile is kept
    QString sshKey;     ///< empty: the keys of ssh-agent
    QString person;     ///< who asks for what this window asks for
    int theme = 0;      ///< Theme::Choice
    QString language;   ///< "en", "zh_CN"
    bool tellsFailures = true; ///< runs that fail are told through the desktop
    bool asksOnClose = true; ///< also while only runs go on that need no window
};

/// What a person can set, in sections; each change holds at once.
class SettingsPage final : public Page
{
    Q_OBJECT
public:
    /// `facts` is asked whenever the page is shown.
    explicit SettingsPage(std::function<SettingsFacts()> facts, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    /// Shows what holds now.
    void refresh();

Q_SIGNALS:
    void connectionRequested();
    void shortcutsRequested();
    void themeChosen(int theme);
    void languageChosen(const QString &name);
    void askOnCloseChosen(bool ask);
    void tellFailuresChosen(bool tell);

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    bool hasActs() const override { return false; }

private:
    QFormLayout *addSection(const QString &name);
    QLabel *addFact(QFormLayout *section, const QString &name);
    void retranslate();

    std::function<SettingsFacts()> m_facts;
    QWidget *m_body;
    QVBoxLayout *m_sections;
    struct Label
    {
        QLabel *label;
        QString name;
    };
    QList<Label> m_labels; ///< to be translated: headings and names of lines
    QLabel *m_profile;
    QLabel *m_store;
    QLabel *m_tls;
    QLabel *m_file;
    QPushButton *m_connection;
    QLabel *m_key;
    QLabel *m_person;
    QPushButton *m_ssh;
    QComboBox *m_theme;
    QComboBox *m_language;
    QPushButton *m_shortcuts;
    QCheckBox *m_ask;
    QCheckBox *m_failures;
};

} // namespace zandb
