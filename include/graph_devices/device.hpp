/* Devices, what to know of them, and what became of them. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_DEVICE_HPP
#define GRAPH_DEVICES_DEVICE_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "error.hpp"

namespace graph_devices {

namespace detail {

inline std::optional<bool> tristate(std::int32_t value) {
    return value < 0 ? std::nullopt : std::optional<bool>(value != 0);
}

}  // namespace detail

/// Something to know before devices are retired.
class warning {
public:
    explicit warning(std::shared_ptr<const graph_warning> handle) noexcept : handle_(std::move(handle)) {}

    warning_code code() const noexcept { return static_cast<warning_code>(graph_warning_get_code(handle_.get())); }
    /// How much it weighs. For a blocking one nothing is sent without consent by name.
    graph_devices::severity severity() const noexcept {
        return static_cast<graph_devices::severity>(graph_warning_severity(handle_.get()));
    }
    /// What it means for the person and what to do first, in one sentence.
    std::string message() const { return graph_warning_message(handle_.get()); }

private:
    std::shared_ptr<const graph_warning> handle_;
};

/// A device that Intune lists. Texts are the service's; absent is what it left out.
class device {
public:
    explicit device(std::shared_ptr<const graph_device> handle) noexcept : handle_(std::move(handle)) {}

    /// The id in Intune. Never empty.
    std::string id() const { return graph_device_id(handle_.get()); }
    /// The name of the device (`deviceName`).
    std::optional<std::string> name() const { return detail::text(graph_device_name(handle_.get())); }
    /// The name that Intune made up (`managedDeviceName`).
    std::optional<std::string> managed_name() const { return detail::text(graph_device_managed_name(handle_.get())); }
    /// The operating system (`operatingSystem`).
    std::optional<std::string> operating_system() const {
        return detail::text(graph_device_operating_system(handle_.get()));
    }
    /// Its version (`osVersion`).
    std::optional<std::string> os_version() const { return detail::text(graph_device_os_version(handle_.get())); }
    /// The serial number (`serialNumber`).
    std::optional<std::string> serial_number() const { return detail::text(graph_device_serial_number(handle_.get())); }
    /// The model (`model`).
    std::optional<std::string> model() const { return detail::text(graph_device_model(handle_.get())); }
    /// The manufacturer (`manufacturer`).
    std::optional<std::string> manufacturer() const { return detail::text(graph_device_manufacturer(handle_.get())); }
    /// Whose it is: `company` or `personal` (`managedDeviceOwnerType`).
    std::optional<std::string> owner_type() const { return detail::text(graph_device_owner_type(handle_.get())); }
    /// Its state (`managementState`), such as `managed` or `retirePending`, as the service wrote it.
    std::string state() const { return graph_device_state(handle_.get()); }
    /// What manages it (`managementAgent`).
    std::optional<std::string> management_agent() const {
        return detail::text(graph_device_management_agent(handle_.get()));
    }
    /// How it was enrolled (`deviceEnrollmentType`).
    std::optional<std::string> enrollment_type() const {
        return detail::text(graph_device_enrollment_type(handle_.get()));
    }
    /// Whether it is registered (`deviceRegistrationState`).
    std::optional<std::string> registration_state() const {
        return detail::text(graph_device_registration_state(handle_.get()));
    }
    /// Whether it meets the rules (`complianceState`).
    std::optional<std::string> compliance_state() const {
        return detail::text(graph_device_compliance_state(handle_.get()));
    }
    /// Whether it is encrypted (`isEncrypted`).
    std::optional<bool> is_encrypted() const { return detail::tristate(graph_device_is_encrypted(handle_.get())); }
    /// Whether it is supervised (`isSupervised`).
    std::optional<bool> is_supervised() const { return detail::tristate(graph_device_is_supervised(handle_.get())); }
    /// When it was enrolled, as the service wrote it (`enrolledDateTime`).
    std::optional<std::string> enrolled() const { return detail::text(graph_device_enrolled(handle_.get())); }
    /// When it last checked in, as the service wrote it (`lastSyncDateTime`).
    std::optional<std::string> last_sync() const { return detail::text(graph_device_last_sync(handle_.get())); }
    /// Until when it can check in, as the service wrote it (`managementCertificateExpirationDate`).
    std::optional<std::string> certificate_expires() const {
        return detail::text(graph_device_certificate_expires(handle_.get()));
    }
    /// The id of its record in Entra (`azureADDeviceId`).
    std::optional<std::string> entra_device_id() const {
        return detail::text(graph_device_entra_device_id(handle_.get()));
    }
    /// Whether it is registered or joined in Entra (`azureADRegistered`).
    std::optional<bool> entra_registered() const {
        return detail::tristate(graph_device_entra_registered(handle_.get()));
    }
    /// The object id of its primary or enrolling user (`userId`).
    std::optional<std::string> user_id() const { return detail::text(graph_device_user_id(handle_.get())); }
    /// The user principal name (`userPrincipalName`).
    std::optional<std::string> user_principal_name() const {
        return detail::text(graph_device_user_principal_name(handle_.get()));
    }
    /// The mail address (`emailAddress`).
    std::optional<std::string> email_address() const { return detail::text(graph_device_email_address(handle_.get())); }
    /// What to know before it is retired.
    std::vector<warning> warnings() const {
        return detail::parts<warning>(handle_, graph_device_warning_count(handle_.get()), graph_device_warning);
    }

private:
    std::shared_ptr<const graph_device> handle_;
};

/// The devices that Intune lists for one user.
class device_list {
public:
    explicit device_list(std::shared_ptr<const graph_device_list> handle) noexcept : handle_(std::move(handle)) {}

    /// Each device, with its own warnings.
    std::vector<device> devices() const {
        return detail::parts<device>(handle_, graph_device_list_count(handle_.get()), graph_device_list_get);
    }
    /// What to know of all of them together.
    std::vector<warning> warnings() const {
        return detail::parts<warning>(handle_, graph_device_list_warning_count(handle_.get()),
                                      graph_device_list_warning);
    }

private:
    std::shared_ptr<const graph_device_list> handle_;
};

/// What became of one device since its user was accepted.
class verified_device {
public:
    explicit verified_device(std::shared_ptr<const graph_verified_device> handle) noexcept
        : handle_(std::move(handle)) {}

    /// The id in Intune.
    std::string id() const { return graph_verified_device_id(handle_.get()); }
    /// Its name when it was seen first.
    std::optional<std::string> name() const {
        return graph_devices::detail::text(graph_verified_device_name(handle_.get()));
    }
    graph_devices::verdict verdict() const noexcept {
        return static_cast<graph_devices::verdict>(graph_verified_device_verdict(handle_.get()));
    }
    /// Its state, as the service wrote it.
    std::optional<std::string> state() const {
        return graph_devices::detail::text(graph_verified_device_state(handle_.get()));
    }
    /// Since when the retire is under way, as the service wrote it.
    std::optional<std::string> since() const {
        return graph_devices::detail::text(graph_verified_device_since(handle_.get()));
    }
    /// What else the service said.
    std::optional<std::string> detail() const {
        return graph_devices::detail::text(graph_verified_device_detail(handle_.get()));
    }

private:
    std::shared_ptr<const graph_verified_device> handle_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_DEVICE_HPP
