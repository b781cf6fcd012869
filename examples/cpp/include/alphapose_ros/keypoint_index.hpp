// Copyright 2026 alphapose_ros contributors
// SPDX-License-Identifier: Apache-2.0
//
// Joints of a Pose2DArray by name. Header only, C++17; needs nothing but the messages.
#ifndef ALPHAPOSE_ROS__KEYPOINT_INDEX_HPP_
#define ALPHAPOSE_ROS__KEYPOINT_INDEX_HPP_

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "alphapose_ros/msg/keypoint_set.hpp"
#include "alphapose_ros/msg/person_pose2_d.hpp"
#include "alphapose_ros/msg/pose2_d_array.hpp"

namespace alphapose_ros
{

/// One joint in one image: pixels, and a score in [0, 1].
struct Keypoint
{
  float x;
  float y;
  float score;

  /// False where the joint was not estimated; x and y are then NaN.
  bool is_estimated() const {return !std::isnan(x) && !std::isnan(y);}
};

/// Finds joints by name. Make one per KeypointSet and keep it; a look-up by index costs nothing.
class KeypointIndex
{
public:
  explicit KeypointIndex(const msg::KeypointSet & set)
  : set_name_(set.name)
  {
    for (std::size_t i = 0; i < set.keypoint_names.size(); ++i) {
      index_.emplace(set.keypoint_names[i], i);
      known_names_ += (i == 0 ? "" : ", ") + set.keypoint_names[i];
    }
  }

  /// Return whether the poses of a message have the joints of this set.
  bool fits(const msg::Pose2DArray & message) const
  {
    return message.keypoint_set == set_name_ && message.num_keypoints == index_.size();
  }

  /// Return the index of a joint such as "right_wrist".
  /// \throws std::out_of_range if the set has none of that name; lists the names it has.
  std::size_t index(const std::string & keypoint_name) const
  {
    const auto found = index_.find(keypoint_name);
    if (found == index_.end()) {
      throw std::out_of_range(
              set_name_ + " has no joint '" + keypoint_name + "'; it has " + known_names_);
    }
    return found->second;
  }

  /// Return a joint of a person.
  /// \throws std::out_of_range if the set has no joint of that name.
  /// \throws std::invalid_argument if the person belongs to another keypoint set.
  Keypoint keypoint(const msg::PersonPose2D & person, const std::string & keypoint_name) const
  {
    const std::size_t i = index(keypoint_name);
    if (person.keypoints.size() != 2 * index_.size() ||
      person.keypoint_scores.size() != index_.size())
    {
      throw std::invalid_argument(
              "the person has " + std::to_string(person.keypoint_scores.size()) + " joints, " +
              set_name_ + " has " + std::to_string(index_.size()));
    }
    return {person.keypoints[2 * i], person.keypoints[2 * i + 1], person.keypoint_scores[i]};
  }

private:
  std::string set_name_;
  std::string known_names_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace alphapose_ros

#endif  // ALPHAPOSE_ROS__KEYPOINT_INDEX_HPP_
