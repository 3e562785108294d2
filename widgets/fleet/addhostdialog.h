// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

#include <QDialog>
#include <QStringList>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace zandb {

/// What is asked of a new host.
struct HostWish
{
    Host host;                        ///< its id is made; its key once it was accepted
    QString group;                    ///< "production/shop"; empty: none
    std::vector<std::string> labels;
};

/// Adds a host, step by step: where it is reached, whether the key that it shows is the right one, what its agent says.  Window-modal; opened without a
/// nested event loop.
class AddHostDialog final : public QDialog
{
    Q_OBJECT
public:
    /// `keyLine`: what lets this person in, for the host's file of keys; empty: not known here.
    AddHostDialog(const QString &profile, const QStringList &groups, const QStringList &taken, const QString &keyLine, QWidget *parent = nullptr);
    /// What the host's sshd showed, or why it could not be asked.
    void setKey(const QString &key, const QString &fingerprint, const QString &trouble);
    /// What its agent said; `ready`: nothing is missing.  `text` is for people.
    void setChecked(const QString &text, bool ready, bool answered);

Q_SIGNALS:
    void keyRequested(const QString &address, int port);
    void checkRequested(const zandb::HostWish &wish);
    void addRequested(const zandb::HostWish &wish);

private:
    enum class Step { Where, Asking, Key, Checking, Checked };
    void go(Step step);
    void check();
    HostWish wish() const;

    QStringList m_taken;
    QString m_keyLine;
    Uuid m_id;
    Step m_step = Step::Where;
    QString m_key;
    QLineEdit *m_name;
    QLineEdit *m_address;
    QSpinBox *m_port;
    QLineEdit *m_user;
    QComboBox *m_group;
    QLineEdit *m_labels;
    QLabel *m_fingerprint;
    QCheckBox *m_accepted;
    QPlainTextEdit *m_found;
    QLabel *m_missing;
    QPushButton *m_next;
    QPushButton *m_add;
};

/// Changes one host, or what several have in common.
class EditHostsDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Change
    {
        std::optional<QString> name, address, user; ///< of one host only
        std::optional<int> port;
        std::optional<QString> group;               ///< none: stays; empty: out of its group
        std::vector<std::string> addLabels, removeLabels;
    };
    /// `labels`: those that all of them have.
    EditHostsDialog(const QString &profile, const std::vector<Host> &hosts, const QString &group, const QStringList &groups, const std::vector<std::string> &labels,
                    QWidget *parent = nullptr);

Q_SIGNALS:
    void saveRequested(const zandb::EditHostsDialog::Change &change);
};

} // namespace zandb
