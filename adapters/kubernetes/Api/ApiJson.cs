using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>How the API server's own documents are parsed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(LenientInt32Converter), typeof(LenientBooleanConverter)]
)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ResourceList))]
internal sealed partial class ApiJson : JsonSerializerContext;
