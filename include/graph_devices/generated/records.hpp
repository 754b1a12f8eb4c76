/* What the library returns, field by field.
 * Written by `cargo xtask generate`; do not edit. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_GENERATED_RECORDS_HPP
#define GRAPH_DEVICES_GENERATED_RECORDS_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../detail.hpp"
#include "words.hpp"

namespace graph_devices {

/// The fields of error.
class error_fields {
public:
    /// The HTTP status of the last answer.
    std::optional<int> http_status() const noexcept {
        return graph_devices::detail::number(graph_error_http_status(handle_.get()));
    }
    /// `error.code` of the service.
    std::optional<std::string> code() const { return graph_devices::detail::text(graph_error_code(handle_.get())); }
    /// The innermost nested code, or the AADSTS number.
    std::optional<std::string> inner_code() const {
        return graph_devices::detail::text(graph_error_inner_code(handle_.get()));
    }
    /// The service's message, without its boilerplate.
    std::optional<std::string> service_message() const {
        return graph_devices::detail::text(graph_error_service_message(handle_.get()));
    }
    /// The service's id of the request; support asks for it.
    std::optional<std::string> request_id() const {
        return graph_devices::detail::text(graph_error_request_id(handle_.get()));
    }
    /// The id that this library sent with the request.
    std::optional<std::string> client_request_id() const {
        return graph_devices::detail::text(graph_error_client_request_id(handle_.get()));
    }
    /// The id in Intune's own logs.
    std::optional<std::string> activity_id() const {
        return graph_devices::detail::text(graph_error_activity_id(handle_.get()));
    }
    /// The wait that the service asked for.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        return graph_devices::detail::duration(graph_error_retry_after_ms(handle_.get()));
    }
    /// The code of the queued Multi Admin Approval request. It belongs to this user alone.
    std::optional<std::string> approval_code() const {
        return graph_devices::detail::text(graph_error_approval_code(handle_.get()));
    }
    /// The decoded claims challenge (a JSON object) that a new token must meet.
    std::optional<std::string> claims() const {
        return graph_devices::detail::text(graph_error_claims(handle_.get()));
    }
    /// How many times the request was tried; 0 if it was refused before any attempt.
    int attempts() const noexcept { return graph_error_attempts(handle_.get()); }
    /// Whether the action can have been applied, over all attempts.
    graph_devices::effect effect() const noexcept {
        return static_cast<graph_devices::effect>(graph_error_effect(handle_.get()));
    }

protected:
    error_fields() noexcept = default;
    explicit error_fields(std::shared_ptr<const graph_error> handle) noexcept : handle_(std::move(handle)) {}

    std::shared_ptr<const graph_error> handle_ = {};
};

/// The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted is
/// not yet retired.
class receipt {
public:
    explicit receipt(std::shared_ptr<const graph_receipt> handle) noexcept : handle_(std::move(handle)) {}

    /// The user as the caller named it.
    std::string user() const { return graph_receipt_user(handle_.get()); }
    /// The service's id of the request; support asks for it.
    std::optional<std::string> request_id() const {
        return graph_devices::detail::text(graph_receipt_request_id(handle_.get()));
    }
    /// The id that this library sent with the request.
    std::string client_request_id() const { return graph_receipt_client_request_id(handle_.get()); }
    /// The date of the answer, as the service wrote it (RFC 9110).
    std::optional<std::string> date() const {
        return graph_devices::detail::text(graph_receipt_date(handle_.get()));
    }
    /// How many times the request was sent.
    int attempts() const noexcept { return graph_receipt_attempts(handle_.get()); }
    /// The time from the start of the call to its answer, without waits that do not count towards the deadline.
    std::chrono::milliseconds elapsed() const noexcept {
        return std::chrono::milliseconds(graph_receipt_elapsed_ms(handle_.get()));
    }
    /// The endpoint of the request, if it is not that of a known Microsoft cloud.
    std::optional<std::string> custom_endpoint() const {
        return graph_devices::detail::text(graph_receipt_custom_endpoint(handle_.get()));
    }

private:
    std::shared_ptr<const graph_receipt> handle_;
};

/// A warning about a device, or about all devices of a user together, to be read before the devices are retired.
class warning {
public:
    explicit warning(std::shared_ptr<const graph_warning> handle) noexcept : handle_(std::move(handle)) {}

    /// Which warning it is.
    graph_devices::warning_code code() const noexcept {
        return static_cast<graph_devices::warning_code>(graph_warning_id(handle_.get()));
    }
    /// Its severity. With a blocking warning nothing is sent unless it is accepted by name.
    graph_devices::severity severity() const noexcept {
        return static_cast<graph_devices::severity>(graph_warning_severity(handle_.get()));
    }
    /// What it means for the user and what to do first, in one sentence.
    std::string message() const { return graph_warning_message(handle_.get()); }

private:
    std::shared_ptr<const graph_warning> handle_;
};

/// A device that Intune lists for a user.
///
/// Texts are the service's, each cut to one printable line; dates are as the service wrote them. A property is absent
/// if the service left it out or wrote it in an undocumented form
/// (<https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice>).
class device {
public:
    explicit device(std::shared_ptr<const graph_device> handle) noexcept : handle_(std::move(handle)) {}

    /// The id in Intune. Never empty.
    std::string id() const { return graph_device_id(handle_.get()); }
    /// The name of the device (`deviceName`).
    std::optional<std::string> name() const { return graph_devices::detail::text(graph_device_name(handle_.get())); }
    /// The name that Intune generated (`managedDeviceName`).
    std::optional<std::string> managed_name() const {
        return graph_devices::detail::text(graph_device_managed_name(handle_.get()));
    }
    /// The operating system (`operatingSystem`).
    std::optional<std::string> operating_system() const {
        return graph_devices::detail::text(graph_device_operating_system(handle_.get()));
    }
    /// The version of the operating system (`osVersion`).
    std::optional<std::string> os_version() const {
        return graph_devices::detail::text(graph_device_os_version(handle_.get()));
    }
    /// The serial number (`serialNumber`).
    std::optional<std::string> serial_number() const {
        return graph_devices::detail::text(graph_device_serial_number(handle_.get()));
    }
    /// The model (`model`).
    std::optional<std::string> model() const {
        return graph_devices::detail::text(graph_device_model(handle_.get()));
    }
    /// The manufacturer (`manufacturer`).
    std::optional<std::string> manufacturer() const {
        return graph_devices::detail::text(graph_device_manufacturer(handle_.get()));
    }
    /// The owner: `company` or `personal` (`managedDeviceOwnerType`).
    std::optional<std::string> owner_type() const {
        return graph_devices::detail::text(graph_device_owner_type(handle_.get()));
    }
    /// Its state (`managementState`), such as `managed` or `retirePending`, as the service wrote it; empty if it
    /// wrote none.
    std::string state() const { return graph_device_state(handle_.get()); }
    /// The agent that manages it (`managementAgent`).
    std::optional<std::string> management_agent() const {
        return graph_devices::detail::text(graph_device_management_agent(handle_.get()));
    }
    /// How it was enrolled (`deviceEnrollmentType`).
    std::optional<std::string> enrollment_type() const {
        return graph_devices::detail::text(graph_device_enrollment_type(handle_.get()));
    }
    /// Its state of registration (`deviceRegistrationState`).
    std::optional<std::string> registration_state() const {
        return graph_devices::detail::text(graph_device_registration_state(handle_.get()));
    }
    /// Whether it complies with the policies (`complianceState`).
    std::optional<std::string> compliance_state() const {
        return graph_devices::detail::text(graph_device_compliance_state(handle_.get()));
    }
    /// Whether it is encrypted (`isEncrypted`).
    std::optional<bool> is_encrypted() const noexcept {
        return graph_devices::detail::tristate(graph_device_is_encrypted(handle_.get()));
    }
    /// Whether it is supervised (`isSupervised`).
    std::optional<bool> is_supervised() const noexcept {
        return graph_devices::detail::tristate(graph_device_is_supervised(handle_.get()));
    }
    /// When it was enrolled, as the service wrote it (`enrolledDateTime`).
    std::optional<std::string> enrolled() const {
        return graph_devices::detail::text(graph_device_enrolled(handle_.get()));
    }
    /// When it last checked in, as the service wrote it (`lastSyncDateTime`).
    std::optional<std::string> last_sync() const {
        return graph_devices::detail::text(graph_device_last_sync(handle_.get()));
    }
    /// The last time at which it can check in, as the service wrote it (`managementCertificateExpirationDate`).
    std::optional<std::string> certificate_expires() const {
        return graph_devices::detail::text(graph_device_certificate_expires(handle_.get()));
    }
    /// The id of its record in Entra (`azureADDeviceId`).
    std::optional<std::string> entra_device_id() const {
        return graph_devices::detail::text(graph_device_entra_device_id(handle_.get()));
    }
    /// Whether it is registered or joined in Entra (`azureADRegistered`).
    std::optional<bool> entra_registered() const noexcept {
        return graph_devices::detail::tristate(graph_device_entra_registered(handle_.get()));
    }
    /// The object id of its primary or enrolling user (`userId`)
    /// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/16137>).
    std::optional<std::string> user_id() const {
        return graph_devices::detail::text(graph_device_user_id(handle_.get()));
    }
    /// The user principal name (`userPrincipalName`).
    std::optional<std::string> user_principal_name() const {
        return graph_devices::detail::text(graph_device_user_principal_name(handle_.get()));
    }
    /// The mail address (`emailAddress`).
    std::optional<std::string> email_address() const {
        return graph_devices::detail::text(graph_device_email_address(handle_.get()));
    }
    /// Warnings about retiring this device.
    std::vector<graph_devices::warning> warnings() const {
        return graph_devices::detail::parts<graph_devices::warning>(handle_, graph_device_warning_count(handle_.get()), graph_device_warning);
    }

private:
    std::shared_ptr<const graph_device> handle_;
};

/// The devices that Intune lists for one user.
class device_list {
public:
    explicit device_list(std::shared_ptr<const graph_device_list> handle) noexcept : handle_(std::move(handle)) {}

    /// Each device, with its own warnings.
    std::vector<graph_devices::device> devices() const {
        return graph_devices::detail::parts<graph_devices::device>(handle_, graph_device_list_count(handle_.get()), graph_device_list_get);
    }
    /// Warnings about all devices together.
    std::vector<graph_devices::warning> warnings() const {
        return graph_devices::detail::parts<graph_devices::warning>(handle_, graph_device_list_warning_count(handle_.get()), graph_device_list_warning);
    }

private:
    std::shared_ptr<const graph_device_list> handle_;
};

/// The verdict over one device.
class verified_device {
public:
    explicit verified_device(std::shared_ptr<const graph_verified_device> handle) noexcept : handle_(std::move(handle)) {}

    /// The id in Intune.
    std::string id() const { return graph_verified_device_id(handle_.get()); }
    /// Its name when it was first read.
    std::optional<std::string> name() const {
        return graph_devices::detail::text(graph_verified_device_name(handle_.get()));
    }
    /// The verdict over the device.
    graph_devices::verdict verdict() const noexcept {
        return static_cast<graph_devices::verdict>(graph_verified_device_verdict(handle_.get()));
    }
    /// `managementState` as the service wrote it.
    std::optional<std::string> state() const {
        return graph_devices::detail::text(graph_verified_device_state(handle_.get()));
    }
    /// The time at which the retire began, as the service wrote it.
    std::optional<std::string> since() const {
        return graph_devices::detail::text(graph_verified_device_since(handle_.get()));
    }
    /// More about the verdict, in words.
    std::optional<std::string> detail() const {
        return graph_devices::detail::text(graph_verified_device_detail(handle_.get()));
    }

private:
    std::shared_ptr<const graph_verified_device> handle_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_GENERATED_RECORDS_HPP
