# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""
The programs of the graphics card.

Pictures are sRGB; light is linear. The alpha of the image tells who is seen: 0 nobody, else the
number of the person.
"""

NUM_BONES = 163

_SKIN = f"""
#version 330
layout(std140) uniform Bones {{ vec4 rows[{3 * NUM_BONES}]; }};
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
in uvec4 in_bones;
in vec4 in_weights;

void blend(out vec4 x, out vec4 y, out vec4 z) {{
    x = vec4(0); y = vec4(0); z = vec4(0);
    for (int i = 0; i < 4; ++i) {{
        int row = 3 * int(in_bones[i]);
        x += in_weights[i] * rows[row];
        y += in_weights[i] * rows[row + 1];
        z += in_weights[i] * rows[row + 2];
    }}
}}
"""

PERSON_VERTEX = (
    _SKIN
    + """
uniform mat4 projection;
uniform mat4 light_projection;
out vec3 place;
out vec3 normal;
out vec2 uv;
out vec3 light_place;

void main() {
    vec4 x, y, z;
    blend(x, y, z);
    vec4 position = vec4(in_position, 1);
    place = vec3(dot(x, position), dot(y, position), dot(z, position));
    normal = vec3(dot(x.xyz, in_normal), dot(y.xyz, in_normal), dot(z.xyz, in_normal));
    uv = in_uv;
    light_place = (light_projection * vec4(place, 1)).xyz * 0.5 + 0.5;
    gl_Position = projection * vec4(place, 1);
}
"""
)

SHADOW_VERTEX = (
    _SKIN
    + """
uniform mat4 light_projection;

void main() {
    vec4 x, y, z;
    blend(x, y, z);
    vec4 position = vec4(in_position, 1);
    gl_Position = light_projection
        * vec4(dot(x, position), dot(y, position), dot(z, position), 1);
}
"""
)

SHADOW_FRAGMENT = """
#version 330
void main() {}
"""

_TONES = """
vec3 to_linear(vec3 color) { return pow(color, vec3(2.2)); }
vec3 to_display(vec3 light) {
    vec3 film = 1 - exp(-light);
    return pow(mix(film, film * film * (3 - 2 * film), 0.4), vec3(1 / 2.2));
}
"""

PERSON_FRAGMENT = (
    """
#version 330
uniform sampler2D picture;
uniform sampler2DShadow shadow_map;
uniform vec3 harmonics[9];
uniform vec3 sun_direction;
uniform vec3 sun_color;
uniform vec3 eye;
uniform vec3 tint;
uniform vec3 second_tint;
uniform bool is_pattern;
uniform vec2 hue;
uniform float saturation;
uniform float gloss;
uniform float cut_out;
uniform float person;
in vec3 place;
in vec3 normal;
in vec2 uv;
in vec3 light_place;
out vec4 color;
"""
    + _TONES
    + """
// Ramamoorthi and Hanrahan 2001, equation 13.
vec3 ambient(vec3 n) {
    return 0.886227 * harmonics[0]
        + 1.023328 * (n.y * harmonics[1] + n.z * harmonics[2] + n.x * harmonics[3])
        + 0.858086 * (n.x * n.y * harmonics[4] + n.y * n.z * harmonics[5])
        + 0.858086 * n.x * n.z * harmonics[7]
        + 0.247708 * (3 * n.z * n.z - 1) * harmonics[6]
        + 0.429043 * (n.x * n.x - n.y * n.y) * harmonics[8];
}

vec3 turn_hue(vec3 c) {
    vec3 axis = vec3(0.57735);
    vec3 turned = c * hue.x + cross(axis, c) * hue.y + axis * dot(axis, c) * (1 - hue.x);
    return mix(vec3(dot(turned, vec3(0.2126, 0.7152, 0.0722))), turned, saturation);
}

float lit() {
    float sum = 0;
    for (int i = 0; i < 4; ++i) {
        vec2 shift = (vec2(i & 1, i >> 1) - 0.5) / 512;
        sum += texture(shadow_map, vec3(light_place.xy + shift, light_place.z - 0.004));
    }
    return sum / 4;
}

void main() {
    vec4 texel = texture(picture, uv);
    if (texel.a < cut_out) discard;
    vec3 albedo = is_pattern
        ? mix(tint, second_tint, texel.r) * texel.g
        : clamp(turn_hue(to_linear(texel.rgb)) * tint, 0.0, 0.85);
    vec3 n = normalize(gl_FrontFacing ? normal : -normal);
    vec3 view = normalize(eye - place);
    float facing = max(dot(n, sun_direction), 0);
    float sun = facing > 0 ? facing * lit() : 0;
    vec3 light = max(ambient(n), 0.0) + sun_color * sun;
    float shine = pow(max(dot(n, normalize(view + sun_direction)), 0), 24) * sun;
    float rim = gloss * (0.2 + 0.8 * pow(1 - max(dot(n, view), 0), 5));
    vec3 mirrored = gloss * 4 * shine * sun_color + rim * max(ambient(reflect(-view, n)), 0.0);
    color = vec4(to_display(albedo * light / 3.14159 + mirrored / 3.14159), person / 255);
}
"""
)

BACKGROUND_VERTEX = """
#version 330
in vec2 in_position;
out vec2 screen;
void main() {
    screen = in_position;
    gl_Position = vec4(in_position, 0.999999, 1);
}
"""

BACKGROUND_FRAGMENT = (
    """
#version 330
uniform sampler2D picture;
uniform bool is_panorama;
uniform mat3 ray;
uniform vec4 window;
uniform float blur;
uniform float exposure;
in vec2 screen;
out vec4 color;
"""
    + _TONES
    + """
void main() {
    if (is_panorama) {
        vec3 d = normalize(ray * vec3(screen, 1));
        vec2 uv = vec2(0.5 - atan(d.x, d.z) / 6.2831853, acos(clamp(d.y, -1, 1)) / 3.14159265);
        color = vec4(to_display(textureLod(picture, uv, blur).rgb * exposure), 0);
    } else {
        vec2 uv = window.xy + window.zw * (screen * 0.5 + 0.5);
        color = vec4(textureLod(picture, uv, blur).rgb, 0);
    }
}
"""
)
