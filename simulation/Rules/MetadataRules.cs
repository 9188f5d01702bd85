using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>Validates labels, annotations, finalizers and owner references.</summary>
internal static partial class MetadataRules
{
    private const int AnnotationBytes = 256 * 1024;

    private const string NamePart =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string PrefixPart =
        "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
        + "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
        + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelValue =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
        + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
        + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public static void Check(JsonObject tree, FieldErrors errors)
    {
        Labels(tree.Object("metadata", "labels"), "metadata.labels", errors);
        var bytes = 0;
        foreach (var (key, value) in tree.Object("metadata", "annotations") ?? [])
        {
            bytes +=
                System.Text.Encoding.UTF8.GetByteCount(key)
                + System.Text.Encoding.UTF8.GetByteCount(value?.ToString() ?? "");
            // Unlike a label's, the letter case of an annotation's prefix does not matter.
            QualifiedName(key.ToLowerInvariant(), key, "metadata.annotations", errors);
        }

        if (bytes > AnnotationBytes)
        {
            errors.Say(
                "FieldValueTooLong",
                "metadata.annotations",
                $"Too long: may not be more than {AnnotationBytes} bytes"
            );
        }

        foreach (var finalizer in tree.Items("metadata", "finalizers") ?? [])
        {
            QualifiedName(finalizer?.ToString() ?? "", finalizer?.ToString() ?? "", "metadata.finalizers", errors);
        }

        Owners(tree, errors);
    }

    public static void Labels(JsonObject? labels, string path, FieldErrors errors)
    {
        foreach (var (key, value) in labels ?? [])
        {
            QualifiedName(key, key, path, errors);
            var text = value?.ToString() ?? "";
            if (text.Length > 63)
            {
                errors.Invalid(path, text, "must be no more than 63 bytes");
            }

            if (!ValueForm().IsMatch(text))
            {
                errors.Invalid(path, text, LabelValue);
            }
        }
    }

    private static void Owners(JsonObject tree, FieldErrors errors)
    {
        var (i, controllers) = (0, 0);
        foreach (var owner in tree.Objects("metadata", "ownerReferences"))
        {
            foreach (var field in (string[])["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.Text(field)))
                {
                    errors.Invalid(
                        $"metadata.ownerReferences[{i}].{field}",
                        owner.Text(field) ?? "",
                        field switch
                        {
                            "apiVersion" => "version must not be empty",
                            _ => $"{field} must not be empty",
                        }
                    );
                }
            }

            controllers += owner.Flag("controller") == true ? 1 : 0;
            i++;
        }

        if (controllers > 1)
        {
            errors.Invalid(
                "metadata.ownerReferences",
                tree.Items("metadata", "ownerReferences"),
                "Only one reference can have Controller set to true."
            );
        }
    }

    private static void QualifiedName(string name, string shown, string path, FieldErrors errors)
    {
        var parts = name.Split('/');
        if (parts.Length > 2)
        {
            errors.Invalid(
                path,
                shown,
                "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and "
                    + "end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
                    + "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS "
                    + "subdomain prefix and '/' (e.g. 'example.com/MyName')"
            );
            return;
        }

        if (parts.Length == 2 && (parts[0].Length == 0 || parts[0].Length > 253 || !SubdomainForm().IsMatch(parts[0])))
        {
            errors.Invalid(
                path,
                shown,
                parts[0].Length == 0 ? "prefix part must be non-empty"
                    : parts[0].Length > 253 ? "prefix part must be no more than 253 bytes"
                    : PrefixPart
            );
        }

        if (parts[^1].Length is 0 or > 63)
        {
            errors.Invalid(
                path,
                shown,
                parts[^1].Length == 0 ? "name part must be non-empty" : "name part must be no more than 63 bytes"
            );
        }

        if (!NameForm().IsMatch(parts[^1]))
        {
            errors.Invalid(path, shown, NamePart);
        }
    }

    [GeneratedRegex("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$")]
    private static partial Regex NameForm();

    [GeneratedRegex("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")]
    private static partial Regex ValueForm();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainForm();
}
